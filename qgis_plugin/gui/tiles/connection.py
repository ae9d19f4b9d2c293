"""Where the service is and with which key: fields, and a button to connect."""

from __future__ import annotations

from qgis.gui import QgsAuthConfigSelect, QgsPasswordLineEdit
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from evenbeat.gui.messages import sentence_label
from evenbeat.tiles.access import Access, access_of, can_send_header, why_no_header
from evenbeat.tiles.connections import known_services, remember_service


class ConnectionForm(QWidget):
    """`wanted` tells an access that somebody wants; `problem` shows what is wrong with it."""

    wanted = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.address = QComboBox()
        self.address.setEditable(True)
        self.address.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.address.lineEdit().setPlaceholderText("https://tiles.example.org")
        self.address.setToolTip(
            self.tr("Address of the service, or of its map page; a key in it is taken over")
        )
        self.address.lineEdit().returnPressed.connect(self.connect_now)
        self.address.activated.connect(self._choose)
        self.key = QgsPasswordLineEdit()
        self.key.setPlaceholderText(self.tr("empty for what is public"))
        self.key.returnPressed.connect(self.connect_now)
        form.addRow(self.tr("Service"), self.address)
        form.addRow(self.tr("Key"), self.key)
        self.authentication = QgsAuthConfigSelect(self) if can_send_header() else None
        if self.authentication is not None:
            form.addRow(self.tr("or saved"), self.authentication)
        self.remember = QCheckBox(self.tr("Remember the key, unencrypted"))
        self.remember.setToolTip(why_no_header())
        self.button = QPushButton(self.tr("Connect"))
        self.button.clicked.connect(self.connect_now)
        line = QHBoxLayout()
        line.addWidget(self.remember, 1)
        line.addWidget(self.button)
        self.note = sentence_label(faint=True)
        self.note.hide()
        layout.addLayout(form)
        layout.addLayout(line)
        layout.addWidget(self.note)
        self.fill()

    def fill(self) -> None:
        """Show the known services, the one used last in the fields."""
        typed = self.address.currentText()
        self.address.clear()
        for access in known_services():
            self.address.addItem(access.address, access)
        if typed:
            self.address.setEditText(typed)
        elif self.address.count():
            self._choose(0)
        else:
            self.address.setEditText("")

    def connect_now(self) -> None:
        """Tell what is in the fields, or what is wrong with it."""
        saved = self.authentication.configId() if self.authentication is not None else ""
        try:
            access = access_of(self.address.currentText(), self.key.text(), saved)
        except ValueError as error:
            self.say(str(error))
            return
        self.address.setEditText(access.address)
        self.key.setText(access.key)
        self.say(access.warning())
        self.button.setEnabled(False)
        self.wanted.emit(access)

    def connected(self, access: Access) -> None:
        """Remember a service that answered."""
        self.button.setEnabled(True)
        remember_service(access, with_key=self.remember.isChecked())
        self.fill()

    def failed(self, text: str) -> None:
        """Show why a service did not answer as wanted."""
        self.button.setEnabled(True)
        self.say(text)

    def say(self, text: str) -> None:
        """Show a sentence below the fields; "" none."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _choose(self, index: int) -> None:
        access = self.address.itemData(index, Qt.ItemDataRole.UserRole)
        if access is None:
            return
        self.key.setText(access.key)
        self.remember.setChecked(bool(access.key))
        if self.authentication is not None:
            self.authentication.setConfigId(access.authentication)
