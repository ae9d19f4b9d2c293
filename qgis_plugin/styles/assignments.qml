<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.16-Białowieża" styleCategories="Symbology|Labeling|Fields|MapTips" labelsEnabled="1">
  <renderer-v2 enableorderby="0" attr="status" forceraster="0" symbollevels="0" type="categorizedSymbol" referencescale="-1">
    <categories>
      <category symbol="0" label="Proposed" value="proposed" render="true"/>
      <category symbol="1" label="Approved" value="approved" render="true"/>
      <category symbol="2" label="Replaced" value="replaced" render="true"/>
      <category symbol="3" label="Rejected" value="rejected" render="true"/>
      <category symbol="4" label="Expired" value="expired" render="true"/>
      <category symbol="5" label="Visited" value="visited" render="true"/>
      <category symbol="6" label="Partly visited" value="partly_visited" render="true"/>
      <category symbol="7" label="Not visited" value="not_visited" render="true"/>
    </categories>
    <symbols>
      <symbol clip_to_extent="1" alpha="1" type="fill" name="0" force_rhr="0">
        <data_defined_properties>
          <Option type="Map">
            <Option type="QString" value="" name="name"/>
            <Option name="properties"/>
            <Option type="QString" value="collection" name="type"/>
          </Option>
        </data_defined_properties>
        <layer class="SimpleFill" pass="0" enabled="1" locked="0">
          <Option type="Map">
            <Option type="QString" value="3x:0,0,0,0,0,0" name="border_width_map_unit_scale"/>
            <Option type="QString" value="245,166,35,90" name="color"/>
            <Option type="QString" value="bevel" name="joinstyle"/>
            <Option type="QString" value="0,0" name="offset"/>
            <Option type="QString" value="3x:0,0,0,0,0,0" name="offset_map_unit_scale"/>
            <Option type="QString" value="MM" name="offset_unit"/>
            <Option type="QString" value="154,91,0,255" name="outline_color"/>
            <Option type="QString" value="dash" name="outline_style"/>
            <Option type="QString" value="0.5" name="outline_width"/>
            <Option type="QString" value="MM" name="outline_width_unit"/>
            <Option type="QString" value="solid" name="style"/>
          </Option>
          <prop k="border_width_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="color" v="245,166,35,90"/>
          <prop k="joinstyle" v="bevel"/>
          <prop k="offset" v="0,0"/>
          <prop k="offset_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="offset_unit" v="MM"/>
          <prop k="outline_color" v="154,91,0,255"/>
          <prop k="outline_style" v="dash"/>
          <prop k="outline_width" v="0.5"/>
          <prop k="outline_width_unit" v="MM"/>
          <prop k="style" v="solid"/>
          <data_defined_properties>
            <Option type="Map">
              <Option type="QString" value="" name="name"/>
              <Option name="properties"/>
              <Option type="QString" value="collection" name="type"/>
            </Option>
          </data_defined_properties>
        </layer>
      </symbol>
      <symbol clip_to_extent="1" alpha="1" type="fill" name="1" force_rhr="0">
        <data_defined_properties>
          <Option type="Map">
            <Option type="QString" value="" name="name"/>
            <Option name="properties"/>
            <Option type="QString" value="collection" name="type"/>
          </Option>
        </data_defined_properties>
        <layer class="SimpleFill" pass="0" enabled="1" locked="0">
          <Option type="Map">
            <Option type="QString" value="3x:0,0,0,0,0,0" name="border_width_map_unit_scale"/>
            <Option type="QString" value="60,157,78,110" name="color"/>
            <Option type="QString" value="bevel" name="joinstyle"/>
            <Option type="QString" value="0,0" name="offset"/>
            <Option type="QString" value="3x:0,0,0,0,0,0" name="offset_map_unit_scale"/>
            <Option type="QString" value="MM" name="offset_unit"/>
            <Option type="QString" value="31,92,44,255" name="outline_color"/>
            <Option type="QString" value="solid" name="outline_style"/>
            <Option type="QString" value="0.5" name="outline_width"/>
            <Option type="QString" value="MM" name="outline_width_unit"/>
            <Option type="QString" value="solid" name="style"/>
          </Option>
          <prop k="border_width_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="color" v="60,157,78,110"/>
          <prop k="joinstyle" v="bevel"/>
          <prop k="offset" v="0,0"/>
          <prop k="offset_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="offset_unit" v="MM"/>
          <prop k="outline_color" v="31,92,44,255"/>
          <prop k="outline_style" v="solid"/>
          <prop k="outline_width" v="0.5"/>
          <prop k="outline_width_unit" v="MM"/>
          <prop k="style" v="solid"/>
          <data_defined_properties>
            <Option type="Map">
              <Option type="QString" value="" name="name"/>
              <Option name="properties"/>
              <Option type="QString" value="collection" name="type"/>
            </Option>
          </data_defined_properties>
        </layer>
      </symbol>
      <symbol clip_to_extent="1" alpha="1" type="fill" name="2" force_rhr="0">
        <data_defined_properties>
          <Option type="Map">
            <Option type="QString" value="" name="name"/>
            <Option name="properties"/>
            <Option type="QString" value="collection" name="type"/>
          </Option>
        </data_defined_properties>
        <layer class="SimpleFill" pass="0" enabled="1" locked="0">
          <Option type="Map">
            <Option type="QString" value="3x:0,0,0,0,0,0" name="border_width_map_unit_scale"/>
            <Option type="QString" value="142,142,142,50" name="color"/>
            <Option type="QString" value="bevel" name="joinstyle"/>
            <Option type="QString" value="0,0" name="offset"/>
            <Option type="QString" value="3x:0,0,0,0,0,0" name="offset_map_unit_scale"/>
            <Option type="QString" value="MM" name="offset_unit"/>
            <Option type="QString" value="92,92,92,255" name="outline_color"/>
            <Option type="QString" value="dot" name="outline_style"/>
            <Option type="QString" value="0.5" name="outline_width"/>
            <Option type="QString" value="MM" name="outline_width_unit"/>
            <Option type="QString" value="solid" name="style"/>
          </Option>
          <prop k="border_width_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="color" v="142,142,142,50"/>
          <prop k="joinstyle" v="bevel"/>
          <prop k="offset" v="0,0"/>
          <prop k="offset_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="offset_unit" v="MM"/>
          <prop k="outline_color" v="92,92,92,255"/>
          <prop k="outline_style" v="dot"/>
          <prop k="outline_width" v="0.5"/>
          <prop k="outline_width_unit" v="MM"/>
          <prop k="style" v="solid"/>
          <data_defined_properties>
            <Option type="Map">
              <Option type="QString" value="" name="name"/>
              <Option name="properties"/>
              <Option type="QString" value="collection" name="type"/>
            </Option>
          </data_defined_properties>
        </layer>
      </symbol>
      <symbol clip_to_extent="1" alpha="1" type="fill" name="3" force_rhr="0">
        <data_defined_properties>
          <Option type="Map">
            <Option type="QString" value="" name="name"/>
            <Option name="properties"/>
            <Option type="QString" value="collection" name="type"/>
          </Option>
        </data_defined_properties>
        <layer class="SimpleFill" pass="0" enabled="1" locked="0">
          <Option type="Map">
            <Option type="QString" value="3x:0,0,0,0,0,0" name="border_width_map_unit_scale"/>
            <Option type="QString" value="142,142,142,30" name="color"/>
            <Option type="QString" value="bevel" name="joinstyle"/>
            <Option type="QString" value="0,0" name="offset"/>
            <Option type="QString" value="3x:0,0,0,0,0,0" name="offset_map_unit_scale"/>
            <Option type="QString" value="MM" name="offset_unit"/>
            <Option type="QString" value="92,92,92,255" name="outline_color"/>
            <Option type="QString" value="dot" name="outline_style"/>
            <Option type="QString" value="0.5" name="outline_width"/>
            <Option type="QString" value="MM" name="outline_width_unit"/>
            <Option type="QString" value="solid" name="style"/>
          </Option>
          <prop k="border_width_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="color" v="142,142,142,30"/>
          <prop k="joinstyle" v="bevel"/>
          <prop k="offset" v="0,0"/>
          <prop k="offset_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="offset_unit" v="MM"/>
          <prop k="outline_color" v="92,92,92,255"/>
          <prop k="outline_style" v="dot"/>
          <prop k="outline_width" v="0.5"/>
          <prop k="outline_width_unit" v="MM"/>
          <prop k="style" v="solid"/>
          <data_defined_properties>
            <Option type="Map">
              <Option type="QString" value="" name="name"/>
              <Option name="properties"/>
              <Option type="QString" value="collection" name="type"/>
            </Option>
          </data_defined_properties>
        </layer>
      </symbol>
      <symbol clip_to_extent="1" alpha="1" type="fill" name="4" force_rhr="0">
        <data_defined_properties>
          <Option type="Map">
            <Option type="QString" value="" name="name"/>
            <Option name="properties"/>
            <Option type="QString" value="collection" name="type"/>
          </Option>
        </data_defined_properties>
        <layer class="SimpleFill" pass="0" enabled="1" locked="0">
          <Option type="Map">
            <Option type="QString" value="3x:0,0,0,0,0,0" name="border_width_map_unit_scale"/>
            <Option type="QString" value="189,189,189,30" name="color"/>
            <Option type="QString" value="bevel" name="joinstyle"/>
            <Option type="QString" value="0,0" name="offset"/>
            <Option type="QString" value="3x:0,0,0,0,0,0" name="offset_map_unit_scale"/>
            <Option type="QString" value="MM" name="offset_unit"/>
            <Option type="QString" value="142,142,142,255" name="outline_color"/>
            <Option type="QString" value="dot" name="outline_style"/>
            <Option type="QString" value="0.5" name="outline_width"/>
            <Option type="QString" value="MM" name="outline_width_unit"/>
            <Option type="QString" value="solid" name="style"/>
          </Option>
          <prop k="border_width_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="color" v="189,189,189,30"/>
          <prop k="joinstyle" v="bevel"/>
          <prop k="offset" v="0,0"/>
          <prop k="offset_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="offset_unit" v="MM"/>
          <prop k="outline_color" v="142,142,142,255"/>
          <prop k="outline_style" v="dot"/>
          <prop k="outline_width" v="0.5"/>
          <prop k="outline_width_unit" v="MM"/>
          <prop k="style" v="solid"/>
          <data_defined_properties>
            <Option type="Map">
              <Option type="QString" value="" name="name"/>
              <Option name="properties"/>
              <Option type="QString" value="collection" name="type"/>
            </Option>
          </data_defined_properties>
        </layer>
      </symbol>
      <symbol clip_to_extent="1" alpha="1" type="fill" name="5" force_rhr="0">
        <data_defined_properties>
          <Option type="Map">
            <Option type="QString" value="" name="name"/>
            <Option name="properties"/>
            <Option type="QString" value="collection" name="type"/>
          </Option>
        </data_defined_properties>
        <layer class="SimpleFill" pass="0" enabled="1" locked="0">
          <Option type="Map">
            <Option type="QString" value="3x:0,0,0,0,0,0" name="border_width_map_unit_scale"/>
            <Option type="QString" value="47,126,216,110" name="color"/>
            <Option type="QString" value="bevel" name="joinstyle"/>
            <Option type="QString" value="0,0" name="offset"/>
            <Option type="QString" value="3x:0,0,0,0,0,0" name="offset_map_unit_scale"/>
            <Option type="QString" value="MM" name="offset_unit"/>
            <Option type="QString" value="28,79,138,255" name="outline_color"/>
            <Option type="QString" value="solid" name="outline_style"/>
            <Option type="QString" value="0.5" name="outline_width"/>
            <Option type="QString" value="MM" name="outline_width_unit"/>
            <Option type="QString" value="solid" name="style"/>
          </Option>
          <prop k="border_width_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="color" v="47,126,216,110"/>
          <prop k="joinstyle" v="bevel"/>
          <prop k="offset" v="0,0"/>
          <prop k="offset_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="offset_unit" v="MM"/>
          <prop k="outline_color" v="28,79,138,255"/>
          <prop k="outline_style" v="solid"/>
          <prop k="outline_width" v="0.5"/>
          <prop k="outline_width_unit" v="MM"/>
          <prop k="style" v="solid"/>
          <data_defined_properties>
            <Option type="Map">
              <Option type="QString" value="" name="name"/>
              <Option name="properties"/>
              <Option type="QString" value="collection" name="type"/>
            </Option>
          </data_defined_properties>
        </layer>
      </symbol>
      <symbol clip_to_extent="1" alpha="1" type="fill" name="6" force_rhr="0">
        <data_defined_properties>
          <Option type="Map">
            <Option type="QString" value="" name="name"/>
            <Option name="properties"/>
            <Option type="QString" value="collection" name="type"/>
          </Option>
        </data_defined_properties>
        <layer class="SimpleFill" pass="0" enabled="1" locked="0">
          <Option type="Map">
            <Option type="QString" value="3x:0,0,0,0,0,0" name="border_width_map_unit_scale"/>
            <Option type="QString" value="134,182,234,90" name="color"/>
            <Option type="QString" value="bevel" name="joinstyle"/>
            <Option type="QString" value="0,0" name="offset"/>
            <Option type="QString" value="3x:0,0,0,0,0,0" name="offset_map_unit_scale"/>
            <Option type="QString" value="MM" name="offset_unit"/>
            <Option type="QString" value="28,79,138,255" name="outline_color"/>
            <Option type="QString" value="solid" name="outline_style"/>
            <Option type="QString" value="0.5" name="outline_width"/>
            <Option type="QString" value="MM" name="outline_width_unit"/>
            <Option type="QString" value="solid" name="style"/>
          </Option>
          <prop k="border_width_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="color" v="134,182,234,90"/>
          <prop k="joinstyle" v="bevel"/>
          <prop k="offset" v="0,0"/>
          <prop k="offset_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="offset_unit" v="MM"/>
          <prop k="outline_color" v="28,79,138,255"/>
          <prop k="outline_style" v="solid"/>
          <prop k="outline_width" v="0.5"/>
          <prop k="outline_width_unit" v="MM"/>
          <prop k="style" v="solid"/>
          <data_defined_properties>
            <Option type="Map">
              <Option type="QString" value="" name="name"/>
              <Option name="properties"/>
              <Option type="QString" value="collection" name="type"/>
            </Option>
          </data_defined_properties>
        </layer>
      </symbol>
      <symbol clip_to_extent="1" alpha="1" type="fill" name="7" force_rhr="0">
        <data_defined_properties>
          <Option type="Map">
            <Option type="QString" value="" name="name"/>
            <Option name="properties"/>
            <Option type="QString" value="collection" name="type"/>
          </Option>
        </data_defined_properties>
        <layer class="SimpleFill" pass="0" enabled="1" locked="0">
          <Option type="Map">
            <Option type="QString" value="3x:0,0,0,0,0,0" name="border_width_map_unit_scale"/>
            <Option type="QString" value="255,255,255,60" name="color"/>
            <Option type="QString" value="bevel" name="joinstyle"/>
            <Option type="QString" value="0,0" name="offset"/>
            <Option type="QString" value="3x:0,0,0,0,0,0" name="offset_map_unit_scale"/>
            <Option type="QString" value="MM" name="offset_unit"/>
            <Option type="QString" value="28,79,138,255" name="outline_color"/>
            <Option type="QString" value="dash" name="outline_style"/>
            <Option type="QString" value="0.5" name="outline_width"/>
            <Option type="QString" value="MM" name="outline_width_unit"/>
            <Option type="QString" value="solid" name="style"/>
          </Option>
          <prop k="border_width_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="color" v="255,255,255,60"/>
          <prop k="joinstyle" v="bevel"/>
          <prop k="offset" v="0,0"/>
          <prop k="offset_map_unit_scale" v="3x:0,0,0,0,0,0"/>
          <prop k="offset_unit" v="MM"/>
          <prop k="outline_color" v="28,79,138,255"/>
          <prop k="outline_style" v="dash"/>
          <prop k="outline_width" v="0.5"/>
          <prop k="outline_width_unit" v="MM"/>
          <prop k="style" v="solid"/>
          <data_defined_properties>
            <Option type="Map">
              <Option type="QString" value="" name="name"/>
              <Option name="properties"/>
              <Option type="QString" value="collection" name="type"/>
            </Option>
          </data_defined_properties>
        </layer>
      </symbol>
    </symbols>
    <rotation/>
    <sizescale/>
  </renderer-v2>
  <labeling type="simple">
    <settings calloutType="simple">
      <text-style fontLetterSpacing="0" fontWordSpacing="0" fontItalic="0" textOrientation="horizontal" multilineHeight="1" fontUnderline="0" fontKerning="1" textColor="34,34,34,255" blendMode="0" fontSizeUnit="Point" fontSize="8" namedStyle="" capitalization="0" previewBkgrdColor="255,255,255,255" isExpression="1" fontSizeMapUnitScale="3x:0,0,0,0,0,0" fontStrikeout="0" fontFamily="Sans" textOpacity="1" fieldName="&quot;rank&quot;" useSubstitutions="0" allowHtml="0" legendString="Aa" fontWeight="75">
        <families/>
        <text-buffer bufferDraw="1" bufferNoFill="1" bufferColor="255,255,255,255" bufferBlendMode="0" bufferSizeUnits="MM" bufferSizeMapUnitScale="3x:0,0,0,0,0,0" bufferJoinStyle="128" bufferSize="0.80000000000000004" bufferOpacity="1"/>
        <text-mask maskType="0" maskJoinStyle="128" maskedSymbolLayers="" maskSize="1.5" maskSizeMapUnitScale="3x:0,0,0,0,0,0" maskOpacity="1" maskEnabled="0" maskSizeUnits="MM"/>
        <background shapeSizeMapUnitScale="3x:0,0,0,0,0,0" shapeOffsetX="0" shapeRadiiMapUnitScale="3x:0,0,0,0,0,0" shapeBorderWidthMapUnitScale="3x:0,0,0,0,0,0" shapeJoinStyle="64" shapeRotation="0" shapeOpacity="1" shapeBorderWidth="0" shapeRadiiY="0" shapeRadiiX="0" shapeOffsetY="0" shapeBorderWidthUnit="MM" shapeRadiiUnit="MM" shapeBlendMode="0" shapeSizeType="0" shapeFillColor="255,255,255,255" shapeSVGFile="" shapeOffsetUnit="MM" shapeSizeX="0" shapeSizeY="0" shapeType="0" shapeOffsetMapUnitScale="3x:0,0,0,0,0,0" shapeDraw="0" shapeRotationType="0" shapeBorderColor="128,128,128,255" shapeSizeUnit="MM">
          <symbol clip_to_extent="1" alpha="1" type="fill" name="fillSymbol" force_rhr="0">
            <data_defined_properties>
              <Option type="Map">
                <Option type="QString" value="" name="name"/>
                <Option name="properties"/>
                <Option type="QString" value="collection" name="type"/>
              </Option>
            </data_defined_properties>
            <layer class="SimpleFill" pass="0" enabled="1" locked="0">
              <Option type="Map">
                <Option type="QString" value="3x:0,0,0,0,0,0" name="border_width_map_unit_scale"/>
                <Option type="QString" value="255,255,255,255" name="color"/>
                <Option type="QString" value="bevel" name="joinstyle"/>
                <Option type="QString" value="0,0" name="offset"/>
                <Option type="QString" value="3x:0,0,0,0,0,0" name="offset_map_unit_scale"/>
                <Option type="QString" value="MM" name="offset_unit"/>
                <Option type="QString" value="128,128,128,255" name="outline_color"/>
                <Option type="QString" value="no" name="outline_style"/>
                <Option type="QString" value="0" name="outline_width"/>
                <Option type="QString" value="MM" name="outline_width_unit"/>
                <Option type="QString" value="solid" name="style"/>
              </Option>
              <prop k="border_width_map_unit_scale" v="3x:0,0,0,0,0,0"/>
              <prop k="color" v="255,255,255,255"/>
              <prop k="joinstyle" v="bevel"/>
              <prop k="offset" v="0,0"/>
              <prop k="offset_map_unit_scale" v="3x:0,0,0,0,0,0"/>
              <prop k="offset_unit" v="MM"/>
              <prop k="outline_color" v="128,128,128,255"/>
              <prop k="outline_style" v="no"/>
              <prop k="outline_width" v="0"/>
              <prop k="outline_width_unit" v="MM"/>
              <prop k="style" v="solid"/>
              <data_defined_properties>
                <Option type="Map">
                  <Option type="QString" value="" name="name"/>
                  <Option name="properties"/>
                  <Option type="QString" value="collection" name="type"/>
                </Option>
              </data_defined_properties>
            </layer>
          </symbol>
        </background>
        <shadow shadowBlendMode="6" shadowOffsetMapUnitScale="3x:0,0,0,0,0,0" shadowOffsetDist="1" shadowScale="100" shadowOffsetAngle="135" shadowRadiusUnit="MM" shadowRadiusMapUnitScale="3x:0,0,0,0,0,0" shadowOffsetGlobal="1" shadowOffsetUnit="MM" shadowRadiusAlphaOnly="0" shadowRadius="1.5" shadowColor="0,0,0,255" shadowDraw="0" shadowUnder="0" shadowOpacity="0.69999999999999996"/>
        <dd_properties>
          <Option type="Map">
            <Option type="QString" value="" name="name"/>
            <Option name="properties"/>
            <Option type="QString" value="collection" name="type"/>
          </Option>
        </dd_properties>
        <substitutions/>
      </text-style>
      <text-format useMaxLineLengthForAutoWrap="1" addDirectionSymbol="0" plussign="0" decimals="3" multilineAlign="3" leftDirectionSymbol="&lt;" placeDirectionSymbol="0" reverseDirectionSymbol="0" wrapChar="" autoWrapLength="0" rightDirectionSymbol=">" formatNumbers="0"/>
      <placement geometryGeneratorType="PointGeometry" rotationAngle="0" placement="0" offsetUnits="MM" priority="5" lineAnchorType="0" yOffset="0" quadOffset="4" predefinedPositionOrder="TR,TL,BR,BL,R,L,TSR,BSR" overrunDistance="0" distMapUnitScale="3x:0,0,0,0,0,0" layerType="UnknownGeometry" centroidInside="0" maxCurvedCharAngleIn="25" lineAnchorPercent="0.5" fitInPolygonOnly="0" preserveRotation="1" maxCurvedCharAngleOut="-25" repeatDistanceUnits="MM" distUnits="MM" offsetType="0" repeatDistance="0" lineAnchorClipping="0" labelOffsetMapUnitScale="3x:0,0,0,0,0,0" xOffset="0" overrunDistanceMapUnitScale="3x:0,0,0,0,0,0" dist="0" rotationUnit="AngleDegrees" geometryGeneratorEnabled="0" geometryGenerator="" centroidWhole="0" placementFlags="10" polygonPlacementFlags="2" repeatDistanceMapUnitScale="3x:0,0,0,0,0,0" overrunDistanceUnit="MM"/>
      <rendering minFeatureSize="0" upsidedownLabels="0" mergeLines="0" drawLabels="1" fontLimitPixelSize="0" obstacleFactor="1" fontMinPixelSize="0" fontMaxPixelSize="10000" zIndex="0" obstacleType="1" labelPerPart="0" scaleMax="0" obstacle="1" scaleVisibility="0" unplacedVisibility="0" limitNumLabels="0" displayAll="0" maxNumLabels="2000" scaleMin="0"/>
      <dd_properties>
        <Option type="Map">
          <Option type="QString" value="" name="name"/>
          <Option name="properties"/>
          <Option type="QString" value="collection" name="type"/>
        </Option>
      </dd_properties>
      <callout type="simple">
        <Option type="Map">
          <Option type="QString" value="pole_of_inaccessibility" name="anchorPoint"/>
          <Option type="int" value="0" name="blendMode"/>
          <Option type="Map" name="ddProperties">
            <Option type="QString" value="" name="name"/>
            <Option name="properties"/>
            <Option type="QString" value="collection" name="type"/>
          </Option>
          <Option type="bool" value="false" name="drawToAllParts"/>
          <Option type="QString" value="0" name="enabled"/>
          <Option type="QString" value="point_on_exterior" name="labelAnchorPoint"/>
          <Option type="QString" value="&lt;symbol clip_to_extent=&quot;1&quot; alpha=&quot;1&quot; type=&quot;line&quot; name=&quot;symbol&quot; force_rhr=&quot;0&quot;>&lt;data_defined_properties>&lt;Option type=&quot;Map&quot;>&lt;Option type=&quot;QString&quot; value=&quot;&quot; name=&quot;name&quot;/>&lt;Option name=&quot;properties&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;collection&quot; name=&quot;type&quot;/>&lt;/Option>&lt;/data_defined_properties>&lt;layer class=&quot;SimpleLine&quot; pass=&quot;0&quot; enabled=&quot;1&quot; locked=&quot;0&quot;>&lt;Option type=&quot;Map&quot;>&lt;Option type=&quot;QString&quot; value=&quot;0&quot; name=&quot;align_dash_pattern&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;square&quot; name=&quot;capstyle&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;5;2&quot; name=&quot;customdash&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;3x:0,0,0,0,0,0&quot; name=&quot;customdash_map_unit_scale&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;MM&quot; name=&quot;customdash_unit&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;0&quot; name=&quot;dash_pattern_offset&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;3x:0,0,0,0,0,0&quot; name=&quot;dash_pattern_offset_map_unit_scale&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;MM&quot; name=&quot;dash_pattern_offset_unit&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;0&quot; name=&quot;draw_inside_polygon&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;bevel&quot; name=&quot;joinstyle&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;60,60,60,255&quot; name=&quot;line_color&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;solid&quot; name=&quot;line_style&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;0.3&quot; name=&quot;line_width&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;MM&quot; name=&quot;line_width_unit&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;0&quot; name=&quot;offset&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;3x:0,0,0,0,0,0&quot; name=&quot;offset_map_unit_scale&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;MM&quot; name=&quot;offset_unit&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;0&quot; name=&quot;ring_filter&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;0&quot; name=&quot;trim_distance_end&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;3x:0,0,0,0,0,0&quot; name=&quot;trim_distance_end_map_unit_scale&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;MM&quot; name=&quot;trim_distance_end_unit&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;0&quot; name=&quot;trim_distance_start&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;3x:0,0,0,0,0,0&quot; name=&quot;trim_distance_start_map_unit_scale&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;MM&quot; name=&quot;trim_distance_start_unit&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;0&quot; name=&quot;tweak_dash_pattern_on_corners&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;0&quot; name=&quot;use_custom_dash&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;3x:0,0,0,0,0,0&quot; name=&quot;width_map_unit_scale&quot;/>&lt;/Option>&lt;prop k=&quot;align_dash_pattern&quot; v=&quot;0&quot;/>&lt;prop k=&quot;capstyle&quot; v=&quot;square&quot;/>&lt;prop k=&quot;customdash&quot; v=&quot;5;2&quot;/>&lt;prop k=&quot;customdash_map_unit_scale&quot; v=&quot;3x:0,0,0,0,0,0&quot;/>&lt;prop k=&quot;customdash_unit&quot; v=&quot;MM&quot;/>&lt;prop k=&quot;dash_pattern_offset&quot; v=&quot;0&quot;/>&lt;prop k=&quot;dash_pattern_offset_map_unit_scale&quot; v=&quot;3x:0,0,0,0,0,0&quot;/>&lt;prop k=&quot;dash_pattern_offset_unit&quot; v=&quot;MM&quot;/>&lt;prop k=&quot;draw_inside_polygon&quot; v=&quot;0&quot;/>&lt;prop k=&quot;joinstyle&quot; v=&quot;bevel&quot;/>&lt;prop k=&quot;line_color&quot; v=&quot;60,60,60,255&quot;/>&lt;prop k=&quot;line_style&quot; v=&quot;solid&quot;/>&lt;prop k=&quot;line_width&quot; v=&quot;0.3&quot;/>&lt;prop k=&quot;line_width_unit&quot; v=&quot;MM&quot;/>&lt;prop k=&quot;offset&quot; v=&quot;0&quot;/>&lt;prop k=&quot;offset_map_unit_scale&quot; v=&quot;3x:0,0,0,0,0,0&quot;/>&lt;prop k=&quot;offset_unit&quot; v=&quot;MM&quot;/>&lt;prop k=&quot;ring_filter&quot; v=&quot;0&quot;/>&lt;prop k=&quot;trim_distance_end&quot; v=&quot;0&quot;/>&lt;prop k=&quot;trim_distance_end_map_unit_scale&quot; v=&quot;3x:0,0,0,0,0,0&quot;/>&lt;prop k=&quot;trim_distance_end_unit&quot; v=&quot;MM&quot;/>&lt;prop k=&quot;trim_distance_start&quot; v=&quot;0&quot;/>&lt;prop k=&quot;trim_distance_start_map_unit_scale&quot; v=&quot;3x:0,0,0,0,0,0&quot;/>&lt;prop k=&quot;trim_distance_start_unit&quot; v=&quot;MM&quot;/>&lt;prop k=&quot;tweak_dash_pattern_on_corners&quot; v=&quot;0&quot;/>&lt;prop k=&quot;use_custom_dash&quot; v=&quot;0&quot;/>&lt;prop k=&quot;width_map_unit_scale&quot; v=&quot;3x:0,0,0,0,0,0&quot;/>&lt;data_defined_properties>&lt;Option type=&quot;Map&quot;>&lt;Option type=&quot;QString&quot; value=&quot;&quot; name=&quot;name&quot;/>&lt;Option name=&quot;properties&quot;/>&lt;Option type=&quot;QString&quot; value=&quot;collection&quot; name=&quot;type&quot;/>&lt;/Option>&lt;/data_defined_properties>&lt;/layer>&lt;/symbol>" name="lineSymbol"/>
          <Option type="double" value="0" name="minLength"/>
          <Option type="QString" value="3x:0,0,0,0,0,0" name="minLengthMapUnitScale"/>
          <Option type="QString" value="MM" name="minLengthUnit"/>
          <Option type="double" value="0" name="offsetFromAnchor"/>
          <Option type="QString" value="3x:0,0,0,0,0,0" name="offsetFromAnchorMapUnitScale"/>
          <Option type="QString" value="MM" name="offsetFromAnchorUnit"/>
          <Option type="double" value="0" name="offsetFromLabel"/>
          <Option type="QString" value="3x:0,0,0,0,0,0" name="offsetFromLabelMapUnitScale"/>
          <Option type="QString" value="MM" name="offsetFromLabelUnit"/>
        </Option>
      </callout>
    </settings>
  </labeling>
  <blendMode>0</blendMode>
  <featureBlendMode>0</featureBlendMode>
  <fieldConfiguration>
    <field configurationFlags="None" name="fid"/>
    <field configurationFlags="None" name="assignment_id"/>
    <field configurationFlags="None" name="run_id"/>
    <field configurationFlags="None" name="service_date"/>
    <field configurationFlags="None" name="shift"/>
    <field configurationFlags="None" name="shift_start"/>
    <field configurationFlags="None" name="shift_end"/>
    <field configurationFlags="None" name="district_id"/>
    <field configurationFlags="None" name="neighbourhood"/>
    <field configurationFlags="None" name="unit"/>
    <field configurationFlags="None" name="rank"/>
    <field configurationFlags="None" name="row"/>
    <field configurationFlags="None" name="column"/>
    <field configurationFlags="None" name="cells"/>
    <field configurationFlags="None" name="status"/>
    <field configurationFlags="None" name="chosen_by"/>
    <field configurationFlags="None" name="chance"/>
    <field configurationFlags="None" name="visits"/>
    <field configurationFlags="None" name="visit_minutes"/>
    <field configurationFlags="None" name="minutes"/>
    <field configurationFlags="None" name="visit_gap_hours"/>
    <field configurationFlags="None" name="priority"/>
    <field configurationFlags="None" name="share_of_district"/>
    <field configurationFlags="None" name="percentile"/>
    <field configurationFlags="None" name="z_score"/>
    <field configurationFlags="None" name="dominant_type"/>
    <field configurationFlags="None" name="expected_total"/>
    <field configurationFlags="None" name="expected_gunfire"/>
    <field configurationFlags="None" name="expected_homicide"/>
    <field configurationFlags="None" name="expected_aggravated_assault"/>
    <field configurationFlags="None" name="expected_robbery"/>
    <field configurationFlags="None" name="expected_burglary"/>
    <field configurationFlags="None" name="expected_motor_vehicle_theft"/>
    <field configurationFlags="None" name="expected_theft"/>
    <field configurationFlags="None" name="share_gunfire"/>
    <field configurationFlags="None" name="share_homicide"/>
    <field configurationFlags="None" name="share_aggravated_assault"/>
    <field configurationFlags="None" name="share_robbery"/>
    <field configurationFlags="None" name="share_burglary"/>
    <field configurationFlags="None" name="share_motor_vehicle_theft"/>
    <field configurationFlags="None" name="share_theft"/>
    <field configurationFlags="None" name="tactics"/>
    <field configurationFlags="None" name="why"/>
    <field configurationFlags="None" name="instead"/>
    <field configurationFlags="None" name="past_dose"/>
    <field configurationFlags="None" name="days_in_last_7"/>
    <field configurationFlags="None" name="days_in_last_28"/>
    <field configurationFlags="None" name="easting"/>
    <field configurationFlags="None" name="northing"/>
  </fieldConfiguration>
  <aliases>
    <alias index="0" field="fid" name=""/>
    <alias index="1" field="assignment_id" name=""/>
    <alias index="2" field="run_id" name=""/>
    <alias index="3" field="service_date" name=""/>
    <alias index="4" field="shift" name=""/>
    <alias index="5" field="shift_start" name=""/>
    <alias index="6" field="shift_end" name=""/>
    <alias index="7" field="district_id" name=""/>
    <alias index="8" field="neighbourhood" name=""/>
    <alias index="9" field="unit" name=""/>
    <alias index="10" field="rank" name=""/>
    <alias index="11" field="row" name=""/>
    <alias index="12" field="column" name=""/>
    <alias index="13" field="cells" name=""/>
    <alias index="14" field="status" name=""/>
    <alias index="15" field="chosen_by" name=""/>
    <alias index="16" field="chance" name=""/>
    <alias index="17" field="visits" name=""/>
    <alias index="18" field="visit_minutes" name=""/>
    <alias index="19" field="minutes" name=""/>
    <alias index="20" field="visit_gap_hours" name=""/>
    <alias index="21" field="priority" name=""/>
    <alias index="22" field="share_of_district" name=""/>
    <alias index="23" field="percentile" name=""/>
    <alias index="24" field="z_score" name=""/>
    <alias index="25" field="dominant_type" name=""/>
    <alias index="26" field="expected_total" name=""/>
    <alias index="27" field="expected_gunfire" name=""/>
    <alias index="28" field="expected_homicide" name=""/>
    <alias index="29" field="expected_aggravated_assault" name=""/>
    <alias index="30" field="expected_robbery" name=""/>
    <alias index="31" field="expected_burglary" name=""/>
    <alias index="32" field="expected_motor_vehicle_theft" name=""/>
    <alias index="33" field="expected_theft" name=""/>
    <alias index="34" field="share_gunfire" name=""/>
    <alias index="35" field="share_homicide" name=""/>
    <alias index="36" field="share_aggravated_assault" name=""/>
    <alias index="37" field="share_robbery" name=""/>
    <alias index="38" field="share_burglary" name=""/>
    <alias index="39" field="share_motor_vehicle_theft" name=""/>
    <alias index="40" field="share_theft" name=""/>
    <alias index="41" field="tactics" name=""/>
    <alias index="42" field="why" name=""/>
    <alias index="43" field="instead" name=""/>
    <alias index="44" field="past_dose" name=""/>
    <alias index="45" field="days_in_last_7" name=""/>
    <alias index="46" field="days_in_last_28" name=""/>
    <alias index="47" field="easting" name=""/>
    <alias index="48" field="northing" name=""/>
  </aliases>
  <defaults>
    <default expression="" field="fid" applyOnUpdate="0"/>
    <default expression="" field="assignment_id" applyOnUpdate="0"/>
    <default expression="" field="run_id" applyOnUpdate="0"/>
    <default expression="" field="service_date" applyOnUpdate="0"/>
    <default expression="" field="shift" applyOnUpdate="0"/>
    <default expression="" field="shift_start" applyOnUpdate="0"/>
    <default expression="" field="shift_end" applyOnUpdate="0"/>
    <default expression="" field="district_id" applyOnUpdate="0"/>
    <default expression="" field="neighbourhood" applyOnUpdate="0"/>
    <default expression="" field="unit" applyOnUpdate="0"/>
    <default expression="" field="rank" applyOnUpdate="0"/>
    <default expression="" field="row" applyOnUpdate="0"/>
    <default expression="" field="column" applyOnUpdate="0"/>
    <default expression="" field="cells" applyOnUpdate="0"/>
    <default expression="" field="status" applyOnUpdate="0"/>
    <default expression="" field="chosen_by" applyOnUpdate="0"/>
    <default expression="" field="chance" applyOnUpdate="0"/>
    <default expression="" field="visits" applyOnUpdate="0"/>
    <default expression="" field="visit_minutes" applyOnUpdate="0"/>
    <default expression="" field="minutes" applyOnUpdate="0"/>
    <default expression="" field="visit_gap_hours" applyOnUpdate="0"/>
    <default expression="" field="priority" applyOnUpdate="0"/>
    <default expression="" field="share_of_district" applyOnUpdate="0"/>
    <default expression="" field="percentile" applyOnUpdate="0"/>
    <default expression="" field="z_score" applyOnUpdate="0"/>
    <default expression="" field="dominant_type" applyOnUpdate="0"/>
    <default expression="" field="expected_total" applyOnUpdate="0"/>
    <default expression="" field="expected_gunfire" applyOnUpdate="0"/>
    <default expression="" field="expected_homicide" applyOnUpdate="0"/>
    <default expression="" field="expected_aggravated_assault" applyOnUpdate="0"/>
    <default expression="" field="expected_robbery" applyOnUpdate="0"/>
    <default expression="" field="expected_burglary" applyOnUpdate="0"/>
    <default expression="" field="expected_motor_vehicle_theft" applyOnUpdate="0"/>
    <default expression="" field="expected_theft" applyOnUpdate="0"/>
    <default expression="" field="share_gunfire" applyOnUpdate="0"/>
    <default expression="" field="share_homicide" applyOnUpdate="0"/>
    <default expression="" field="share_aggravated_assault" applyOnUpdate="0"/>
    <default expression="" field="share_robbery" applyOnUpdate="0"/>
    <default expression="" field="share_burglary" applyOnUpdate="0"/>
    <default expression="" field="share_motor_vehicle_theft" applyOnUpdate="0"/>
    <default expression="" field="share_theft" applyOnUpdate="0"/>
    <default expression="" field="tactics" applyOnUpdate="0"/>
    <default expression="" field="why" applyOnUpdate="0"/>
    <default expression="" field="instead" applyOnUpdate="0"/>
    <default expression="" field="past_dose" applyOnUpdate="0"/>
    <default expression="" field="days_in_last_7" applyOnUpdate="0"/>
    <default expression="" field="days_in_last_28" applyOnUpdate="0"/>
    <default expression="" field="easting" applyOnUpdate="0"/>
    <default expression="" field="northing" applyOnUpdate="0"/>
  </defaults>
  <constraints>
    <constraint unique_strength="1" exp_strength="0" notnull_strength="1" field="fid" constraints="3"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="assignment_id" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="run_id" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="service_date" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="shift" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="shift_start" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="shift_end" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="district_id" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="neighbourhood" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="unit" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="rank" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="row" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="column" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="cells" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="status" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="chosen_by" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="chance" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="visits" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="visit_minutes" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="minutes" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="visit_gap_hours" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="priority" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="share_of_district" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="percentile" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="z_score" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="dominant_type" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="expected_total" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="expected_gunfire" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="expected_homicide" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="expected_aggravated_assault" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="expected_robbery" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="expected_burglary" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="expected_motor_vehicle_theft" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="expected_theft" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="share_gunfire" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="share_homicide" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="share_aggravated_assault" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="share_robbery" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="share_burglary" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="share_motor_vehicle_theft" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="share_theft" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="tactics" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="why" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="instead" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="past_dose" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="days_in_last_7" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="days_in_last_28" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="easting" constraints="0"/>
    <constraint unique_strength="0" exp_strength="0" notnull_strength="0" field="northing" constraints="0"/>
  </constraints>
  <constraintExpressions>
    <constraint exp="" desc="" field="fid"/>
    <constraint exp="" desc="" field="assignment_id"/>
    <constraint exp="" desc="" field="run_id"/>
    <constraint exp="" desc="" field="service_date"/>
    <constraint exp="" desc="" field="shift"/>
    <constraint exp="" desc="" field="shift_start"/>
    <constraint exp="" desc="" field="shift_end"/>
    <constraint exp="" desc="" field="district_id"/>
    <constraint exp="" desc="" field="neighbourhood"/>
    <constraint exp="" desc="" field="unit"/>
    <constraint exp="" desc="" field="rank"/>
    <constraint exp="" desc="" field="row"/>
    <constraint exp="" desc="" field="column"/>
    <constraint exp="" desc="" field="cells"/>
    <constraint exp="" desc="" field="status"/>
    <constraint exp="" desc="" field="chosen_by"/>
    <constraint exp="" desc="" field="chance"/>
    <constraint exp="" desc="" field="visits"/>
    <constraint exp="" desc="" field="visit_minutes"/>
    <constraint exp="" desc="" field="minutes"/>
    <constraint exp="" desc="" field="visit_gap_hours"/>
    <constraint exp="" desc="" field="priority"/>
    <constraint exp="" desc="" field="share_of_district"/>
    <constraint exp="" desc="" field="percentile"/>
    <constraint exp="" desc="" field="z_score"/>
    <constraint exp="" desc="" field="dominant_type"/>
    <constraint exp="" desc="" field="expected_total"/>
    <constraint exp="" desc="" field="expected_gunfire"/>
    <constraint exp="" desc="" field="expected_homicide"/>
    <constraint exp="" desc="" field="expected_aggravated_assault"/>
    <constraint exp="" desc="" field="expected_robbery"/>
    <constraint exp="" desc="" field="expected_burglary"/>
    <constraint exp="" desc="" field="expected_motor_vehicle_theft"/>
    <constraint exp="" desc="" field="expected_theft"/>
    <constraint exp="" desc="" field="share_gunfire"/>
    <constraint exp="" desc="" field="share_homicide"/>
    <constraint exp="" desc="" field="share_aggravated_assault"/>
    <constraint exp="" desc="" field="share_robbery"/>
    <constraint exp="" desc="" field="share_burglary"/>
    <constraint exp="" desc="" field="share_motor_vehicle_theft"/>
    <constraint exp="" desc="" field="share_theft"/>
    <constraint exp="" desc="" field="tactics"/>
    <constraint exp="" desc="" field="why"/>
    <constraint exp="" desc="" field="instead"/>
    <constraint exp="" desc="" field="past_dose"/>
    <constraint exp="" desc="" field="days_in_last_7"/>
    <constraint exp="" desc="" field="days_in_last_28"/>
    <constraint exp="" desc="" field="easting"/>
    <constraint exp="" desc="" field="northing"/>
  </constraintExpressions>
  <expressionfields/>
  <mapTip>&lt;b>[% "assignment_id" %]&lt;/b>&lt;br>[% "shift" %] shift, district [% "district_id" %], rank [% "rank" %]&lt;br>
[% "visits" %] visits of [% format_number("visit_minutes", 0) %] min = [% format_number("minutes", 0) %] min&lt;br>
mostly [% replace("dominant_type", '_', ' ') %]; higher than [% format_number("percentile", 1) %] % of cells&lt;br>
state: [% "status" %]</mapTip>
  <layerGeometryType>2</layerGeometryType>
</qgis>
